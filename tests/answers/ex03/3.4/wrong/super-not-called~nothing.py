class LSSTProcessor:
    def __init__(self):
        pass
