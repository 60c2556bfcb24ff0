using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Notifications;

/// <summary>
/// The number of the last event that a URL has been told of, in a file. With the event log it is all that delivery needs to go on after
/// a crash: what was sent but not noted is sent again, with the same Idempotency-Key.
/// </summary>
internal sealed class DeliveryCursor
{
    private readonly string _path;

    /// <summary>Reads it; a URL that is new begins after the events there are.</summary>
    /// <exception cref="InvalidDataException">The file cannot be understood; the message names it.</exception>
    public DeliveryCursor(string folder, Uri url, long last)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)))[..16];
        _path = Path.Combine(folder, $"notified-{name}");
        if (!File.Exists(_path))
            Advance(last);
        else if (long.TryParse(File.ReadAllText(_path), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            Seq = seq;
        else
            throw new InvalidDataException($"{_path} does not hold the number of an event.");
    }

    public long Seq { get; private set; }

    /// <summary>On disk when it returns.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Advance(long seq)
    {
        DurableFile.Write(_path, Encoding.ASCII.GetBytes(seq.ToString(CultureInfo.InvariantCulture)));
        Seq = seq;
    }
}
