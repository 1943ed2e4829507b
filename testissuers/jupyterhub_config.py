# JupyterHub as the tests start it: its API alone, on one port of the loopback interface, with one user whose tokens are the keys.
import os

from jupyterhub.proxy import Proxy

ACCOUNT = os.environ["TESTISSUERS_ACCOUNT"]
PORT = os.environ["TESTISSUERS_PORT"]


class NoProxy(Proxy):
    """Nobody opens a notebook, so that there is nothing to route."""

    should_start = False

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


c = get_config()  # noqa: F821
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}/hub/"
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {ACCOUNT}
# all that Rekey needs: the tokens of the one user
c.JupyterHub.services = [{"name": "rekey", "api_token": os.environ["TESTISSUERS_TOKEN"]}]
c.JupyterHub.load_roles = [{"name": "rekey", "services": ["rekey"], "scopes": [f"tokens!user={ACCOUNT}"]}]
