class ModelRegistry:
    def _deployed(self):
        return list(getattr(self, "_numbers", []))

    def _deploy(self, numbers):
        self._numbers = numbers

    @property
    def current(self) -> Path | None:
        deployed = self._deployed()
        return self._version(deployed[-1]) if deployed else None
