"""The files that lie in the editor while the lines of lines.txt are typed."""

FILES = {
    "cm.yaml": """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
""",
    "web.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 7
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "shop.local/web:1.5"}]
""",
}
