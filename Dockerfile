# The same steps as `make run`: a virtual environment, the requirements, the catalogues, the packages
# of the browser.
FROM python:3.11-slim-bookworm
RUN useradd --create-home clusterlab
WORKDIR /srv/clusterlab
COPY requirements.txt .
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir -r requirements.txt
COPY . .
RUN .venv/bin/python -m tools.words && .venv/bin/python -m tools.vendor
# With a state of its own, thrown away: settings write a secret into it, which must not be in a layer.
RUN state=$(mktemp -d) && CLUSTERLAB_STATE=$state .venv/bin/python manage.py collectstatic --noinput && mkdir .run && mv $state/staticfiles .run/ && rm -r $state
RUN chown -R clusterlab .
USER clusterlab
ENV PATH=/srv/clusterlab/.venv/bin:$PATH CLUSTERLAB_STATE=/srv/clusterlab/.run
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "--websocket-max-message-size", "4194304", "--websocket-max-frame-size", "4194304", "clusterlab.asgi:application"]
