using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Kubernetes.Api.Apply;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Tests.Api.Apply;

/// <summary>
/// Server-side apply against a model that is slow and obviously right: an object is a set of paths with values, an owner a set of
/// paths, and applying is arithmetic of sets.
/// </summary>
public class ServerSideApplyModelTests
{
    private static readonly Gen<Step[]> Steps =
        Gen.Elements("ann", "ben", "cat").SelectMany(m => Gen.Elements(true, false, false).SelectMany(f => SampleSchema.Objects.Select(o => new Step(m, f, o)))).ArrayOf();

    [Property(MaxTest = 500)]
    public Property Apply_AnySequence_DoesWhatTheModelDoes() => Prop.ForAll(Steps.ToArbitrary(), steps =>
    {
        var live = new JsonObject();
        var model = new Model();
        foreach (var step in steps)
        {
            JsonObject? next;
            try
            {
                next = ServerSideApply.Apply(live, step.Config, SampleSchema.Schema, new Manager(step.Manager, Manager.Apply, "v1", ""), step.Force, "t");
            }
            catch (ApiException e) when (e.Code == 409)
            {
                next = null;
            }

            if (model.Apply(step) != next is not null)
                return false.Label($"{step}: {(next is null ? "refused" : "accepted")}, and the model thinks otherwise");
            if (next is null)
                continue;
            live = next;
            if (!model.Agrees(live))
                return false.Label($"after {step}: {live.ToJsonString()}, model {model}");
        }

        return true.ToProperty();
    });

    [Property(MaxTest = 300)]
    public Property Apply_TheSameAgain_ChangesNothing() => Prop.ForAll(SampleSchema.Objects.ToArbitrary(), SampleSchema.Objects.ToArbitrary(), (first, second) =>
    {
        var manager = new Manager("ann", Manager.Apply, "v1", "");
        var once = ServerSideApply.Apply(ServerSideApply.Apply([], first, SampleSchema.Schema, manager, false, "t"), second, SampleSchema.Schema, manager, false, "t");
        var twice = ServerSideApply.Apply(once, second, SampleSchema.Schema, manager, false, "later");
        return JsonNode.DeepEquals(once, twice);
    });

    private sealed record Step(string Manager, bool Force, JsonObject Config)
    {
        public override string ToString() => $"{Manager} applies {Config.ToJsonString()}{(Force ? " with force" : "")}";
    }

    private sealed class Model
    {
        private readonly Dictionary<string, string> _live = [];
        private readonly Dictionary<string, HashSet<string>> _owned = [];

        /// <returns>Whether there was no conflict.</returns>
        public bool Apply(Step step)
        {
            var wanted = Flatten(step.Config);
            var others = _owned.Where(o => o.Key != step.Manager).ToList();
            var conflicts = wanted.Where(w => _live.TryGetValue(w.Key, out var now) && now != w.Value && others.Any(o => o.Value.Contains(w.Key))).Select(w => w.Key).ToList();
            if (conflicts.Count > 0 && !step.Force)
                return false;
            foreach (var (_, paths) in others)
                paths.ExceptWith(conflicts);
            foreach (var gone in _owned.GetValueOrDefault(step.Manager, []).Except(wanted.Keys).Where(p => !others.Any(o => o.Value.Contains(p))))
                _live.Remove(gone);
            foreach (var (path, value) in wanted)
                _live[path] = value;
            _owned[step.Manager] = [.. wanted.Keys];
            return true;
        }

        public bool Agrees(JsonObject value)
        {
            var owners = ManagedFields.Read(value).Entries.ToDictionary(e => e.Manager.Name, e => e.Fields.Paths().ToHashSet());
            var content = value.Copy();
            content.Remove("metadata");
            return Same(Flatten(content), _live) && _owned.All(o => o.Value.SetEquals(owners.GetValueOrDefault(o.Key, [])));
        }

        public override string ToString() => string.Join(' ', _live.Select(l => $"{l.Key}={l.Value}")) + " / " + string.Join(' ', _owned.Select(o => $"{o.Key}:{string.Join(',', o.Value)}"));

        private static bool Same(Dictionary<string, string> a, Dictionary<string, string> b) => a.Count == b.Count && a.All(x => b.GetValueOrDefault(x.Key) == x.Value);

        private static Dictionary<string, string> Flatten(JsonObject value)
        {
            var paths = new Dictionary<string, string>();
            foreach (var (name, field) in value)
            {
                switch (name, field)
                {
                    case ("map" or "struct", JsonObject inner):
                        foreach (var (key, item) in inner)
                            paths[$".{name}.{key}"] = item!.ToJsonString();
                        break;
                    case ("items", JsonArray list):
                        foreach (var item in list.OfType<JsonObject>())
                            Entry(item, $".items[k={item["k"]!.ToJsonString()}]", paths);
                        break;
                    case ("set", JsonArray list):
                        foreach (var item in list)
                            paths[$".set[={item!.ToJsonString()}]"] = "";
                        break;
                    default:
                        paths["." + name] = field!.ToJsonString();
                        break;
                }
            }

            return paths;
        }

        private static void Entry(JsonObject item, string path, Dictionary<string, string> paths)
        {
            paths[path] = "";
            foreach (var (name, field) in item)
                if (field is JsonObject inner)
                    foreach (var (key, leaf) in inner)
                        paths[$"{path}.{name}.{key}"] = leaf!.ToJsonString();
                else
                    paths[$"{path}.{name}"] = field!.ToJsonString();
        }
    }
}
