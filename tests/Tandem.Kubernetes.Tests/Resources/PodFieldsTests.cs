using System.Text.RegularExpressions;
using k8s.Models;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Resources;

/// <summary>docs/pods.md says of every field that a pod can have what becomes of it, and of no other.</summary>
public sealed partial class PodFieldsTests
{
    private static readonly string[] Verdicts = ["honoured", "refused", "without effect"];

    [Fact]
    public void Page_EveryFieldOfAPod_IsInIt()
    {
        var page = Read();
        var fields = new HashSet<(string Type, string Field)>();
        Visit(Schema.Of(typeof(V1PodSpec)), page, fields);

        Assert.Empty(fields.Where(f => !page.ContainsKey(f)).Select(f => $"{f.Type}.{f.Field}").Order());
        Assert.All(page, row => Assert.Contains(row.Value, Verdicts));
        var known = fields.Select(f => f.Field).ToHashSet();
        Assert.DoesNotContain(page.Keys, k => !known.Contains(k.Field));
        Assert.Empty(page.Keys.Select(k => k.Type).Distinct().Except(fields.Select(f => f.Type)));
    }

    // Nobody asks what is inside of what is refused as a whole.
    private static void Visit(Schema schema, Dictionary<(string, string), string> page, HashSet<(string, string)> fields)
    {
        if (schema.Item is { } item)
            Visit(item, page, fields);
        var type = schema.TypeName?["V1".Length..];
        if (type is null or "PersistentVolumeClaimTemplate")
            return;
        foreach (var field in schema.Fields.Values)
            if (fields.Add((type, field.Name)) && page.GetValueOrDefault((type, field.Name)) == "honoured")
                Visit(field.Schema, page, fields);
    }

    private static Dictionary<(string Type, string Field), string> Read()
    {
        var result = new Dictionary<(string, string), string>();
        string[] types = [];
        foreach (var line in File.ReadLines(Path.Combine(Repository(), "docs", "pods.md")))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
                types = line[4..].Split(", ");
            else if (line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|') is [_, var names, var verdict, ..])
                foreach (var name in Quoted().Matches(names).Select(m => m.Groups[1].Value))
                    foreach (var type in types)
                        Assert.True(result.TryAdd((type, name), verdict.Trim()), $"{type}.{name} is there twice");
        }

        return result;
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "docs", "pods.md")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
