using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Images.Collection;

namespace Tandem.Kubernetes.Tests.Node.Images.Collection;

/// <summary>Which images may go, and in what order.</summary>
public sealed class ImageUsageTests
{
    private static readonly TimeSpan MinimumAge = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Unused_ImagesFromBeforeTheFirstLook_MayGoAtOnce() => Assert.Equal(["a", "b"], Ids(new ImageUsage(MinimumAge, _time), [Pulled("b"), Pulled("a")]));

    [Fact]
    public void Unused_ImageThatCameAfterTheFirstLook_StaysForTheMinimumAge()
    {
        var usage = new ImageUsage(MinimumAge, _time);
        Ids(usage, []);
        Assert.Empty(Ids(usage, [Pulled("a")]));
        _time.Advance(MinimumAge - TimeSpan.FromSeconds(1));
        Assert.Empty(Ids(usage, [Pulled("a")]));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], Ids(usage, [Pulled("a")]));
    }

    [Fact]
    public void Unused_ImagesUsedOnce_GoByTheirLastUse()
    {
        var usage = new ImageUsage(MinimumAge, _time);
        Image[] images = [Pulled("a"), Pulled("b"), Pulled("c")];
        Ids(usage, images, "a", "b");
        _time.Advance(TimeSpan.FromMinutes(5));
        Ids(usage, images, "a");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["c", "b", "a"], Ids(usage, images));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("registry.example/a:1")]
    [InlineData("registry.example/a@sha256:a")]
    public void Unused_ImageNamedByAContainer_Stays(string name) => Assert.Empty(Ids(new ImageUsage(MinimumAge, _time), [Pulled("a")], name));

    [Theory]
    [InlineData("", "", true)] // replaced by another of its name
    [InlineData("docker.io/library/app:1", "", false)] // imported
    [InlineData("docker.io/library/app:1", "docker.io/library/app@sha256:a", true)]
    [InlineData("localhost:5000/app:1", "localhost:5000/app@sha256:a", true)]
    [InlineData("", "docker.io/library/app@sha256:a", true)]
    [InlineData("docker.io/library/app:1 registry.example/app:1", "registry.example/app@sha256:a", false)] // imported, and the same one pulled
    public void Unused_Image_GoesOnlyIfEachOfItsNamesCanBePulled(string tags, string digests, bool goes)
    {
        var image = new Image { Id = "a" };
        image.RepoTags.AddRange(tags.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        image.RepoDigests.AddRange(digests.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(goes, Ids(new ImageUsage(MinimumAge, _time), [image]).Length == 1);
    }

    // Whatever was used, came and went: nothing that is used, or too young, may go; all else may, the longest unused first.
    [Property]
    public bool Unused_AnyHistory_IsAllThatIsOldAndUnusedInOrder((byte Present, byte Used, byte Minutes)[] looks)
    {
        var (time, found, last) = (new FakeTimeProvider(), new Dictionary<int, DateTimeOffset>(), new Dictionary<int, DateTimeOffset>());
        var usage = new ImageUsage(MinimumAge, time);
        Ids(usage, []);
        foreach (var (present, used, minutes) in looks)
        {
            time.Advance(TimeSpan.FromMinutes(1 + (minutes % 4)));
            var now = time.GetUtcNow();
            var there = Enumerable.Range(0, 8).Where(i => (present >> i & 1) == 1).ToList();
            foreach (var gone in found.Keys.Except(there).ToList())
                (_, _) = (found.Remove(gone), last.Remove(gone));
            foreach (var i in there)
                found.TryAdd(i, now);
            foreach (var i in there.Where(i => (used >> i & 1) == 1))
                last[i] = now;
            var expected = there.Where(i => (used >> i & 1) == 0 && now - found[i] >= MinimumAge)
                .OrderBy(i => last.GetValueOrDefault(i)).ThenBy(i => found[i]).ThenBy(i => i).Select(i => $"{i}");
            var ids = Ids(usage, [.. there.Select(i => Pulled($"{i}"))], [.. Enumerable.Range(0, 8).Where(i => (used >> i & 1) == 1).Select(i => $"{i}")]);
            if (!ids.SequenceEqual(expected))
                return false;
        }

        return true;
    }

    private static string[] Ids(ImageUsage usage, Image[] images, params string[] used) => [.. usage.Unused(images, used.ToHashSet()).Select(i => i.Id)];

    private static Image Pulled(string id) => new() { Id = id, RepoTags = { $"registry.example/{id}:1" }, RepoDigests = { $"registry.example/{id}@sha256:{id}" } };
}
