namespace Tandem.Fuzz;

/// <summary>Inputs near those of a corpus: what a suite can try without being led by coverage.</summary>
public static class Mutations
{
    /// <summary>One of the seeds, with a few changes.</summary>
    public static byte[] Next(IReadOnlyList<byte[]> seeds, Random random)
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
