namespace Tandem.LoadBalancer.Tests;

/// <summary>Tests that measure, or take every core, run after all others and one at a time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
