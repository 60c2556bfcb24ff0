namespace Tandem.Kubernetes.Network.Rules;

/// <summary>What a table holds under a name. Equal names in two states of a table are the same object, with another content.</summary>
/// <param name="Name">Its name in the table.</param>
internal abstract record NftObject(string Name);

/// <summary>A named set, or map where its elements have values.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">set or map.</param>
/// <param name="Type">The types of its keys, and of its values.</param>
/// <param name="Elements">Keys, with null or their values.</param>
/// <param name="Timeout">Null where the elements are these; otherwise rules add them, and the kernel forgets each after this time.</param>
internal sealed record NftSet(string Name, string Kind, string Type, IReadOnlyDictionary<string, string?> Elements, TimeSpan? Timeout = null) : NftObject(Name)
{
    /// <summary>All but the elements.</summary>
    public string Head => Timeout is null ? $"type {Type}" : $"type {Type}; size 65535; flags dynamic,timeout; timeout {Timeout.Value.TotalSeconds}s";

    public static string Text(string key, string? value) => value is null ? key : $"{key} : {value}";
}

/// <summary>A chain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where the kernel enters it; null where only other chains do.</param>
/// <param name="Rules">In order.</param>
internal sealed record NftChain(string Name, string? Hook, IReadOnlyList<string> Rules) : NftObject(Name);
