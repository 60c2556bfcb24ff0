using Tandem.Fuzz;
using Tandem.Fuzz.Kubernetes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>The fuzz target of request bodies over its corpus and over mutations of it; fuzz/run searches further, led by coverage.</summary>
public class BodyFuzzTests
{
    private const int Tries = 40_000;

    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> Inputs() => [.. Directory.GetFiles(Corpus).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Body_FromTheCorpus_IsRefusedOrTaken(string file) => BodyTarget.Run(File.ReadAllBytes(Path.Combine(Corpus, file)));

    [Fact]
    public void Body_MutatedFromTheCorpus_IsRefusedOrTaken()
    {
        var random = new Random(4);
        var seeds = Directory.GetFiles(Corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        for (var i = 0; i < Tries; i++)
        {
            var input = Mutations.Next(seeds, random);
            var failure = Record.Exception(() => BodyTarget.Run(input));
            Assert.True(failure is null, $"{Convert.ToBase64String(input)}: {failure}");
        }
    }
}
