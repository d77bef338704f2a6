"""How long each of the events took that were sent to be seen."""


class Probes:
    """Each counts one and is sent after the one before: the n-th is visible once n are counted.

    One thread may tell what was accepted while another one tells what is counted.
    """

    def __init__(self) -> None:
        self._accepted: list[float] = []
        self._visible: list[float] = []

    def accepted(self, at: float) -> None:
        """The next one, by a 202 that came at this time."""
        self._accepted.append(at)

    def counted(self, count: int, at: float) -> None:
        """So many, by an answer that came at this time."""
        self._visible += [at] * (count - len(self._visible))

    @property
    def unseen(self) -> int:
        return max(len(self._accepted) - len(self._visible), 0)

    def seconds(self) -> list[float]:
        """From the 202 on, in the order of sending, of all that are visible."""
        # The 202 may be on its way while the event is counted already.
        return [
            max(visible - accepted, 0.0)
            for accepted, visible in zip(self._accepted, self._visible, strict=False)
        ]
