// Each platform has names, addresses and ports of its own. More than two at once would only slow each other down on two cores.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
