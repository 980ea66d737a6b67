class LightCurve:
    def __len__(self) -> int:
        return len(self.data.index)

    def __getitem__(self, key: int | slice | str) -> Any:
        records = self.data.to_dict(orient="records")
        if isinstance(key, int | np.integer):
            return records[key]
        if isinstance(key, str):
            bands = {record["band"] for record in records}
            if not {key} & bands:
                raise KeyError(f"known bands: {bands}, not {key}")
            return self._with_data(self.data.loc[self.data["band"].isin([key])])
        return self._with_data(pd.DataFrame(records[key], columns=self.data.columns))
