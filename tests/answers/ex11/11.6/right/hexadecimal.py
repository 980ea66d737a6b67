def split_of(object_id):
    number = int(hashlib.sha256(object_id.encode("utf-8")).hexdigest()[:16], 16)
    share = number / 2**64
    for name, end in (("train", 0.6), ("val", 0.8)):
        if share < end:
            return name
    return "test"
