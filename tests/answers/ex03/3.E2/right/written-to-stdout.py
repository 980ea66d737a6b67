class SurveyProcessor:
    def __enter__(self):
        if self.in_batch:
            raise RuntimeError("already in a batch")
        self._processed_count = self._accepted = self._rejected = 0
        self.in_batch = True
        return self

    def __exit__(self, kind, error, trace):
        import sys

        self.in_batch = False
        n, good, bad = self._processed_count, self._accepted, self._rejected
        sys.stdout.write(
            f"End of the batch. Light curves: {n:,}; measurements: {good:,} fine, {bad:,} bad.\n"
        )
        return None
