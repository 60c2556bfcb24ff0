using Tandem.Fuzz;
using Tandem.Fuzz.Dns;

namespace Tandem.Dns.Tests;

/// <summary>The fuzz target over its corpus and over mutations of it; fuzz/run searches further, led by coverage.</summary>
public class FuzzTests
{
    private const int Tries = 100_000;

    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> Inputs() => [.. Directory.GetFiles(Corpus).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Query_FromTheCorpus_IsReadAsAnotherLibraryReadsIt(string file) => QueryTarget.Run(File.ReadAllBytes(Path.Combine(Corpus, file)));

    [Fact]
    public void Query_MutatedFromTheCorpus_IsReadAsAnotherLibraryReadsIt()
    {
        var random = new Random(20);
        var seeds = Directory.GetFiles(Corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        for (var i = 0; i < Tries; i++)
        {
            var input = Mutations.Next(seeds, random);
            var failure = Record.Exception(() => QueryTarget.Run(input));
            Assert.True(failure is null, $"{Convert.ToHexString(input)}: {failure}");
        }
    }
}
