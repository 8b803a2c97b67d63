"""A lab on the web: people, roles, pages, sockets."""
