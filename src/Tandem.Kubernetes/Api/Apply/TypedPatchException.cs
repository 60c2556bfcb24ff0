namespace Tandem.Kubernetes.Api.Apply;

/// <summary>An applied configuration that does not fit the type; the real server answers 500 for it.</summary>
internal sealed class TypedPatchException(string path, string why) : Exception($"{path}: {why}");
