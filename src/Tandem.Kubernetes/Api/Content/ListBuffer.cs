using System.Buffers;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>Collects small pieces and writes them in large ones, from a pooled array.</summary>
internal sealed class ListBuffer(Stream to) : IDisposable
{
    private const int Size = 64 * 1024;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(Size);
    private int _used;

    public ValueTask AddAsync(ReadOnlyMemory<byte> piece)
    {
        if (piece.Length > _bytes.Length - _used)
            return AddLargeAsync(piece);
        piece.CopyTo(_bytes.AsMemory(_used));
        _used += piece.Length;
        return ValueTask.CompletedTask;
    }

    public async ValueTask FlushAsync()
    {
        await to.WriteAsync(_bytes.AsMemory(0, _used));
        _used = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private async ValueTask AddLargeAsync(ReadOnlyMemory<byte> piece)
    {
        await FlushAsync();
        if (piece.Length > _bytes.Length)
            await to.WriteAsync(piece);
        else
            await AddAsync(piece);
    }
}
