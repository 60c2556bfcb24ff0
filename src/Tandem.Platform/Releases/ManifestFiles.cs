using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;
using Tandem.Processes;

namespace Tandem.Platform.Releases;

/// <summary>Reads the manifests of files and folders. A folder with a kustomization is built by kustomize itself, or by kubectl, which has it built in.</summary>
public static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly string[] Kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>All objects of some files and folders, in the order to apply them in.</summary>
    /// <exception cref="ManifestException">A file is not a manifest, a kustomization cannot be built, an object is there twice.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<IReadOnlyList<JsonObject>> LoadAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ObjectKey, string>();
        var objects = new List<JsonObject>();
        foreach (var source in paths.SelectMany(Sources))
        {
            foreach (var value in Manifests.Parse(await TextAsync(source, cancellationToken), source))
            {
                if (!found.TryAdd(ObjectReference.Of(value).Key, source))
                    throw new ManifestException($"{source}: {ObjectReference.Of(value)} is in {found[ObjectReference.Of(value).Key]} already");
                objects.Add(value);
            }
        }

        return Manifests.InOrder(objects);
    }

    /// <summary>Files, and folders with a kustomization; in a fixed order.</summary>
    private static IEnumerable<string> Sources(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        if (IsKustomization(path))
            return [path];
        return Directory.EnumerateFileSystemEntries(path)
            .Where(e => Directory.Exists(e) || Extensions.Contains(Path.GetExtension(e)))
            .Order(StringComparer.Ordinal).SelectMany(Sources);
    }

    private static bool IsKustomization(string folder) => Kustomizations.Any(name => File.Exists(Path.Combine(folder, name)));

    private static async Task<string> TextAsync(string source, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(source))
            return await File.ReadAllTextAsync(source, cancellationToken);
        foreach (var command in new[] { new Command("kustomize", "build", source), new Command("kubectl", "kustomize", source) })
        {
            try
            {
                var built = await ProcessRunner.RunAsync(command, cancellationToken);
                return built.ExitCode == 0 ? built.Output : throw new ManifestException($"{source}: {built.Error.Trim()}");
            }
            catch (ProgramNotFoundException)
            {
                // The next one; that there is none is said below.
            }
        }

        throw new ManifestException($"{source}: a kustomization needs kustomize or kubectl in PATH; on Debian: apt install kubernetes-client");
    }
}
