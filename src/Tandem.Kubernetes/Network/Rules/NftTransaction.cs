using System.Text;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>
/// The text of transactions, as <c>nft -f</c> reads it: see nft(8). Each takes effect at once and as a whole, or not at all.
/// </summary>
internal static class NftTransaction
{
    /// <summary>The tables anew, whatever is there.</summary>
    /// <param name="tables">What is wanted.</param>
    /// <param name="kept">What the sets that rules add to had; a set that is wanted no more loses it.</param>
    public static string Replace(IReadOnlyList<NftTable> tables, ILookup<string, string>? kept = null)
    {
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            // The first line lets the second one succeed where there is no table yet.
            text.Append($"table {table.Name}\ndelete table {table.Name}\n");
        }

        foreach (var table in tables)
        {
            text.Append($"table {table.Name} {{\n");
            foreach (var one in table.Objects)
                Define(text, one, kept);
            text.Append("}\n");
        }

        return text.ToString();
    }

    /// <summary>
    /// From one state to another, by the objects that differ; empty where none does. The order is what references demand:
    /// what is new is there before it is named, and what goes is named no more.
    /// </summary>
    public static string Change(NftTable from, NftTable to)
    {
        var added = to.Objects.Where(o => !from.Contains(o.Name)).ToList();
        var kept = to.Objects.Where(o => from.Contains(o.Name)).Select(o => (Old: from.Find(o.Name)!, New: o)).ToList();
        var removed = from.Objects.Where(o => !to.Contains(o.Name)).ToList();
        var text = new StringBuilder();
        foreach (var chain in added.OfType<NftChain>())
            text.Append($"add chain {to.Name} {chain.Name}{(chain.Hook is null ? "" : $" {{ {chain.Hook} }}")}\n");
        foreach (var set in added.OfType<NftSet>())
            text.Append($"add {set.Kind} {to.Name} {set.Name} {{ {set.Head}; }}\n");
        foreach (var (old, next) in kept.Where(k => k.New is NftChain).Select(k => ((NftChain)k.Old, (NftChain)k.New)))
        {
            if (old.Rules.SequenceEqual(next.Rules))
                continue;
            text.Append($"flush chain {to.Name} {next.Name}\n");
            Rules(text, to, next);
        }

        foreach (var chain in added.OfType<NftChain>())
            Rules(text, to, chain);
        foreach (var (old, next) in kept.Where(k => k.New is NftSet).Select(k => ((NftSet)k.Old, (NftSet)k.New)))
        {
            Elements(text, "delete", to, next.Name, old.Elements.Where(e => !next.Elements.TryGetValue(e.Key, out var value) || value != e.Value).Select(e => e.Key));
            Elements(text, "add", to, next.Name, Texts(next.Elements.Where(e => !old.Elements.TryGetValue(e.Key, out var value) || value != e.Value)));
        }

        foreach (var set in added.OfType<NftSet>())
            Elements(text, "add", to, set.Name, Texts(set.Elements));
        foreach (var chain in removed.OfType<NftChain>())
            text.Append($"flush chain {to.Name} {chain.Name}\n");
        foreach (var set in removed.OfType<NftSet>())
            text.Append($"delete {set.Kind} {to.Name} {set.Name}\n");
        foreach (var chain in removed.OfType<NftChain>())
            text.Append($"delete chain {to.Name} {chain.Name}\n");
        return text.ToString();
    }

    private static void Define(StringBuilder text, NftObject one, ILookup<string, string>? kept)
    {
        if (one is NftChain chain)
        {
            text.Append($"  chain {chain.Name} {{\n");
            if (chain.Hook is not null)
                text.Append($"    {chain.Hook}\n");
            foreach (var rule in chain.Rules)
                text.Append($"    {rule}\n");
        }
        else if (one is NftSet set)
        {
            text.Append($"  {set.Kind} {set.Name} {{\n    {set.Head}\n");
            var elements = set.Timeout is null ? Texts(set.Elements) : kept?[set.Name] ?? [];
            if (elements.Any())
                text.Append($"    elements = {{\n{string.Concat(elements.Select(e => $"      {e},\n"))}    }}\n");
        }

        text.Append("  }\n");
    }

    private static void Rules(StringBuilder text, NftTable table, NftChain chain)
    {
        foreach (var rule in chain.Rules)
            text.Append($"add rule {table.Name} {chain.Name} {rule}\n");
    }

    private static void Elements(StringBuilder text, string verb, NftTable table, string set, IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        if (list.Length > 0)
            text.Append($"{verb} element {table.Name} {set} {{ {list} }}\n");
    }

    private static IEnumerable<string> Texts(IEnumerable<KeyValuePair<string, string?>> elements) => elements.Select(e => NftSet.Text(e.Key, e.Value));
}
