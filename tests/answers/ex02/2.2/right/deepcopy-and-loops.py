class LightCurve:
    def __len__(self) -> int:
        return self.data.shape[0]

    def __getitem__(self, key: int | slice | str) -> Any:
        if type(key) is str:
            keep = []
            for i, band in enumerate(self.data["band"]):
                if band == key:
                    keep.append(i)
            if keep == []:
                names = " and ".join(sorted(set(self.data["band"])))
                raise KeyError("band " + key + " was not observed, only " + names)
        elif type(key) is slice:
            keep = list(range(*key.indices(len(self))))
        else:
            n = key + len(self) if key < 0 else key
            if n < 0 or n >= len(self):
                raise IndexError("there are only %d observations" % len(self))
            observation = {}
            for column in COLUMNS:
                observation[column] = self.data.at[n, column]
            return observation
        result = copy.deepcopy(self)
        result.data = self.data.iloc[keep].reset_index(drop=True)
        return result
