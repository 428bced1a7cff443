"""Backup: everything in the database, and what is in the bucket, in one archive that proves itself.

``take`` makes an archive, ``load`` fills an empty database from one, ``compare`` says in what the
two differ. The archive's format is that of ``archive``.
"""
