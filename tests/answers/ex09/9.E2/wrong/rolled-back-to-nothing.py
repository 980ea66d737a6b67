class ModelRegistry:
    def rollback(self) -> Path:
        before = self._deployed()[:-1]
        self._deploy(before)
        return self._version(before[-1]) if before else None
