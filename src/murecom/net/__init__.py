"""The only HTTP client: limits of each host, pauses, retries, tokens."""

from murecom.net.answer import Answer
from murecom.net.client import Client
from murecom.net.limits import Stopped
from murecom.net.oauth import Tokens

__all__ = ["Answer", "Client", "Stopped", "Tokens"]
