"""The scheduler's default plugins, one file each, in their plain one-pod form.

Each plugin is an object with a `name` and one or both of these:

    prepare(pod, cluster) -> state        what a filter needs to know once a pod; SKIP if nothing
    filter(pod, node, state) -> Verdict   may this pod run on this node?
    scores(pod, candidates, cluster)      0..100 a candidate, or None if the plugin has no opinion

They read NodeInfo and PodInfo and nothing else, so every one of them can be tested as a table.
"""
