namespace Tandem.Client;

/// <summary>A change of an informer's cache.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="Old">The object before; null where it was added.</param>
/// <param name="New">The object now; null where it was deleted.</param>
public readonly record struct InformerEvent<T>(T? Old, T? New)
    where T : class;
