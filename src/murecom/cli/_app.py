"""What all commands share while one of them runs: where home is, and the façade behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from murecom.service import Murecom


@dataclass
class App:
    """The object that click hands to every command."""

    home: Path | None
    debug: bool = False
    flags: dict[str, Any] = field(default_factory=dict)
    _service: Murecom | None = None

    @property
    def service(self) -> Murecom:
        """The façade, opened when first asked for and closed when the command ends."""
        if self._service is None:
            from murecom.service import Murecom

            self._service = Murecom(home=self.home, flags=self.flags)
            click.get_current_context().find_root().call_on_close(self._service.close)
        return self._service


def pass_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the `App` as its first argument."""
    return click.make_pass_decorator(App)(command)
