using Tandem.Host.Supervision;
using Tandem.LoadBalancer.Tests;

namespace Tandem.Host.Tests.Supervision;

public sealed class ProcessRecordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Read_IsTheSame()
    {
        var record = new ProcessRecord("hot-etcd", new ProcessIdentity(7, 8), "HASH", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), 3);

        record.Write(_folder.File(""));

        Assert.Equal(record, ProcessRecord.Find(_folder.File(""), "hot-etcd"));
        Assert.Equal([record], ProcessRecord.ReadAll(_folder.File("")));
    }

    [Fact]
    public void Write_Again_ReplacesIt()
    {
        var record = new ProcessRecord("lb", new ProcessIdentity(7, 8), "HASH", DateTimeOffset.UnixEpoch, 0);
        record.Write(_folder.File(""));

        (record with { Restarts = 1 }).Write(_folder.File(""));

        Assert.Equal(1, Assert.Single(ProcessRecord.ReadAll(_folder.File(""))).Restarts);
        Assert.Single(Directory.GetFiles(_folder.File("")));
    }

    [Fact]
    public void Delete_ThenFind_IsNull()
    {
        new ProcessRecord("lb", new ProcessIdentity(7, 8), "HASH", DateTimeOffset.UnixEpoch, 0).Write(_folder.File(""));

        ProcessRecord.Delete(_folder.File(""), "lb");

        Assert.Null(ProcessRecord.Find(_folder.File(""), "lb"));
        Assert.Empty(ProcessRecord.ReadAll(_folder.File("nowhere")));
    }
}
