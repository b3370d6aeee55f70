using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Berth.Benchmarks;

// The server writes a line for each pull to standard output; what we say goes to standard error.
// --guard: few rounds, and 1 if a request allocates more than its limit.
var guard = args is ["--guard"];
if (!guard && args.Length > 0)
{
    Console.Error.WriteLine("usage: berth-benchmarks [--guard]");
    return 2;
}
var job = (guard ? Job.Dry.WithWarmupCount(3).WithIterationCount(3).WithInvocationCount(2000).WithUnrollFactor(1) : Job.MediumRun.WithLaunchCount(1)).WithToolchain(InProcessEmitToolchain.Instance);
var directory = Directory.CreateTempSubdirectory("berth-benchmarks-");
var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(NullLogger.Instance).WithArtifactsPath(directory.FullName);
try
{
    var summary = BenchmarkRunner.Run<RequestBenchmarks>(config);
    return Report(summary);
}
finally
{
    directory.Delete(recursive: true);
}

static int Report(Summary summary)
{
    if (summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))
    {
        Console.Error.WriteLine("a benchmark did not run: " + string.Join("; ", summary.ValidationErrors.Select(error => error.Message)));
        return 1;
    }
    var status = 0;
    foreach (var report in summary.Reports)
    {
        var method = report.BenchmarkCase.Descriptor.WorkloadMethod;
        var limit = ((AllocationLimitAttribute)method.GetCustomAttributes(typeof(AllocationLimitAttribute), inherit: false).Single()).Bytes;
        var allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? long.MaxValue;
        Console.Error.WriteLine($"{method.Name}: {report.ResultStatistics!.Mean / 1000:0.00} us, {allocated} bytes allocated (at most {limit})");
        if (allocated > limit)
            status = 1;
    }
    return status;
}
