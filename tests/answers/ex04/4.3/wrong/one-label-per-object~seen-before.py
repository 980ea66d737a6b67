"""An object seen before is not processed again."""


class AstronomyPipeline:
    def __call__(self, raw_observations):
        known, labels = {}, []
        with self.batch_processing_session():
            for i, raw in enumerate(raw_observations):
                name = self._name_of(raw, i)
                if name not in known:
                    known[name] = self.classify_safely(raw, i)
                labels.append(known[name])
        return labels
