COUNTS = ("_processed_count", "_accepted", "_rejected")


class SurveyProcessor:
    def __enter__(self):
        assert_free(self)
        for name in COUNTS:
            setattr(self, name, 0)
        self.in_batch = True
        return self

    def __exit__(self, kind, error, trace):
        self.in_batch = False
        counts = "  ".join(f"{name.strip('_')}={getattr(self, name)}" for name in COUNTS)
        print(f"{self.config.name} {'failed' if kind else 'finished'}: {counts}\n")
        return False


def assert_free(processor):
    if processor.in_batch:
        raise RuntimeError("one batch at a time, please")
