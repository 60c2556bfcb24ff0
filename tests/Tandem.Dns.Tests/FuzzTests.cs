using Tandem.Fuzz.Dns;

namespace Tandem.Dns.Tests;

/// <summary>The fuzz target over its corpus and over mutations of it; fuzz/run searches further, led by coverage.</summary>
public class FuzzTests
{
    private const int Mutations = 100_000;

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
        for (var i = 0; i < Mutations; i++)
        {
            var input = Mutate(seeds, random);
            var failure = Record.Exception(() => QueryTarget.Run(input));
            Assert.True(failure is null, $"{Convert.ToHexString(input)}: {failure}");
        }
    }

    private static byte[] Mutate(List<byte[]> seeds, Random random)
    {
        var bytes = seeds[random.Next(seeds.Count)].ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(8, bytes.Count - at) + 1));
                    break;
                default:
                    var other = seeds[random.Next(seeds.Count)];
                    bytes.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
            }
        }

        return [.. bytes];
    }
}
