// Platforms are compared with the machine as it was before them: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
