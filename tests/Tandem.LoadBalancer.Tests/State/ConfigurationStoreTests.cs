using System.Text.Json;
using FsCheck.Xunit;
using Tandem.LoadBalancer.State;
using static Tandem.LoadBalancer.Tests.State.Replica;

namespace Tandem.LoadBalancer.Tests.State;

public sealed class ConfigurationStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 50)]
    public void StoredConfiguration_WrittenAndRead_IsTheSame(int seed)
    {
        var random = new Random(seed);
        var replica = new Replica("w");
        for (var i = 0; i < 30; i++)
            replica.Write(configuration => RandomWrites.Next(configuration, random));

        var text = JsonSerializer.Serialize(StoredConfiguration.From(replica.State), StateJson.Default.StoredConfiguration);
        var read = JsonSerializer.Deserialize(text, StateJson.Default.StoredConfiguration)!.ToState();

        Assert.True(read.SameAs(replica.State));
        Assert.Equal(Text(replica.Configuration), Text(read.ToConfiguration(Configuration.Empty)));
    }

    [Fact]
    public void Open_FileWithoutStamps_IsReadAndLosesToAnyLaterWrite()
    {
        File.WriteAllText(_folder.File("config.json"), """
            {"version":1,"monitors":[{"id":"m","type":"http","interval":10,"timeout":1,"retries":0,"consecutive_down":1,"consecutive_up":1}],"forced":{}}
            """);
        var store = ConfigurationStore.Open(_folder.File("config.json"));
        var other = new Replica("w");
        other.Write(c => c with { Monitors = c.Monitors.Add("m", Monitor("m", 20)) });

        store.Merge(other.State);

        Assert.Equal(20, store.Current.Monitors["m"].Interval);
        Assert.Equal(20, ConfigurationStore.Open(_folder.File("config.json")).Current.Monitors["m"].Interval);
    }

    [Fact]
    public void Merge_OfWhatIsKnown_NeitherWritesNorTells()
    {
        var store = ConfigurationStore.Open(_folder.File("config.json"));
        store.Update(c => c with { Monitors = c.Monitors.Add("m", Monitor("m")) });
        var changes = 0;
        store.Changed += _ => changes++;
        File.Delete(_folder.File("config.json"));

        store.Merge(store.State);

        Assert.Equal((0, false), (changes, File.Exists(_folder.File("config.json"))));
    }

    [Fact]
    public void Merge_ReferenceToWhatNobodyKnows_IsRefused()
    {
        var store = ConfigurationStore.Open(_folder.File("config.json"));
        var state = new StoredConfiguration { Version = 1, LoadBalancers = [Balancer("l", "p")] }.ToState();

        Assert.Contains("Pool p", Assert.Throws<InvalidDataException>(() => store.Merge(state)).Message, StringComparison.Ordinal);
        Assert.Empty(store.Current.LoadBalancers);
    }

    [Theory]
    [InlineData("""{"version":1,"monitors":[{"id":"m","type":"http"}]}""")]
    [InlineData("""{"version":1,"pools":[{"id":"p","name":"p","minimum_origins":1,"origins":[{"name":"o"}]}]}""")]
    [InlineData("""{"version":1,"load_balancers":[{"id":"l","name":"l.example.com","ttl":30,"default_pools":[],"fallback_pool":"p"}]}""")]
    [InlineData("""{"version":1,"pools":[{"name":"p"}]}""")]
    [InlineData("""{"version":1,"pools":[null]}""")]
    [InlineData("""{"version":1,"forced":{"p":true},"stamps":[{"kind":"Forced","id":"p","counter":9223372036854775807,"writer":"w"}]}""")]
    [InlineData("""{"version":1,"deleted":[{"kind":"Pool","id":"p","counter":1,"writer":"w","at":"2026-01-01T00:00:00Z","value":true}]}""")]
    [InlineData("""{"version":1,"deleted":[{"kind":"Unheard","id":"p","counter":1,"writer":"w","at":"2026-01-01T00:00:00Z","value":true}]}""")]
    public void Open_ObjectThatIsNotWhole_IsReportedAndLeftAlone(string text)
    {
        var path = _folder.File("config.json");
        File.WriteAllText(path, text);

        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => ConfigurationStore.Open(path)).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
    }
}
