"""RQ's side: thin jobs over the pipeline, the processes that run them, and the clock."""
