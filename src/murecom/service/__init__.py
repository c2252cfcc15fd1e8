"""The façade: what the command line, a server or a script calls.

`Murecom` opens a home folder and answers with the objects of `murecom.types`; its methods have the
names of the commands (`continue_` for `continue`).
"""

from murecom.service.answers import Limits, RadioStream
from murecom.service.checkup import Check
from murecom.service.copies import DuplicateGroup
from murecom.service.facade import Murecom
from murecom.service.seeds import Choice

__all__ = ["Check", "Choice", "DuplicateGroup", "Limits", "Murecom", "RadioStream"]
