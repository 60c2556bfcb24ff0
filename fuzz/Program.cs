using SharpFuzz;
using Tandem.Fuzz.Dns;

// Run by afl-fuzz through fuzz/run: each input comes over standard input, and an exception is a find.
Fuzzer.OutOfProcess.Run(stream =>
{
    using var bytes = new MemoryStream();
    stream.CopyTo(bytes);
    QueryTarget.Run(bytes.ToArray());
});
