using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Failover;

namespace Tandem.Platform.Tests.Failover;

public sealed class PreferenceTests
{
    [Property]
    public Property Read_WhatWasWritten_IsTheSame() => Prop.ForAll(
        (from cluster in Gen.Elements("hot", "standby")
         from author in Gen.Elements("me@here", "ümläut@\"x\"", "{")
         from reason in Gen.Elements(null, "", "because", "{\"cluster\":\"hot\"}")
         from seconds in Gen.Choose(0, int.MaxValue)
         select new Preference(cluster, author, DateTimeOffset.UnixEpoch.AddSeconds(seconds), reason)).ToArbitrary(),
        preference => Assert.Equal(preference, Preference.Read(Preference.Write("tandem:demo", preference))));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tandem:demo")]
    [InlineData("tandem:demo {")]
    [InlineData("tandem:demo {}")]
    [InlineData("our {api} balancer")]
    [InlineData("tandem:demo {\"cluster\":\"third\",\"by\":\"x\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    public void Read_OtherWords_AreNoPreference(string? description) => Assert.Null(Preference.Read(description));

    [Fact]
    public void Write_LongReason_IsCut() => Assert.Equal(
        Preference.LongestReason,
        Preference.Read(Preference.Write("m", new Preference("hot", "me", DateTimeOffset.UnixEpoch, new string('x', 5000))))!.Reason!.Length);
}
