class ModelRegistry:
    def rollback(self) -> Path:
        before = self._deployed()
        if len(before) < 2:
            raise RuntimeError("there is no earlier version to go back to")
        self._deploy([*before, before[-2]])
        return self._version(before[-2])
