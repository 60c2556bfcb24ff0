using SharpFuzz;
using Tandem.Fuzz.Dns;
using Tandem.Fuzz.Kubernetes;

// Run by afl-fuzz through fuzz/run: each input comes over standard input, and an exception is a find.
Action<byte[]> target = args is ["api-body"] ? BodyTarget.Run : QueryTarget.Run;
Fuzzer.OutOfProcess.Run(stream =>
{
    using var bytes = new MemoryStream();
    stream.CopyTo(bytes);
    target(bytes.ToArray());
});
