def split_of(object_id):
    digest = hashlib.sha256(bytes(object_id, "utf-8")).digest()
    place = np.frombuffer(digest, dtype=">u8")[0] / 2.0**64
    return ["train", "val", "test"][np.searchsorted([0.6, 0.8], place, side="right")]
