class LightCurve:
    def __str__(self) -> str:
        facts = [f"object {self.object_id}", f"{len(self)} observations"]
        facts += [f"{band}: {(self.data['band'] == band).sum()}" for band in self.bands]
        return "; ".join(facts)

    def __repr__(self) -> str:
        facts = dict(object_id=self.object_id, length=len(self), bands=self.bands)
        return self.__class__.__qualname__ + str(facts)
