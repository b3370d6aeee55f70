using System.CommandLine;
using System.Text;
using Berth.Pipelines;

namespace Berth.Server.Operation;

/// <summary>
/// berth lint FILE: what is wrong with a pipeline file as <c>FILE:LINE:COLUMN: message</c>, which editors jump to, and exit
/// code 1; or <c>valid</c> with the jobs.
/// </summary>
internal static class Lint
{
    public static readonly Argument<string> File = new("FILE") { Description = "A pipeline file, as .gitlab-ci.yml; - for standard input." };

    private const string StandardInput = "-";

    public static async Task<int> Verb(string path, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        var text = await Text(path, input, cancellationToken);
        var result = PipelineFile.Parse(text);
        foreach (var error in result.Errors)
            await output.WriteLineAsync($"{path}:{error.Line}:{error.Column}: {error.Message}");
        if (result.Definition is not { } definition)
            return 1;
        await output.WriteLineAsync("valid");
        foreach (var stage in definition.Stages)
        {
            foreach (var job in definition.Jobs.Where(job => job.Stage == stage))
                await output.WriteLineAsync($"  {stage}: {job.Name}");
        }
        return 0;
    }

    /// <summary>Reads one character more than a file may have, whatever its size.</summary>
    private static async Task<string> Text(string path, TextReader input, CancellationToken cancellationToken)
    {
        try
        {
            using var file = path == StandardInput ? null : new StreamReader(path, Encoding.UTF8);
            var buffer = new char[PipelineLimits.MaxFileBytes + 1];
            var length = await (file ?? input).ReadBlockAsync(buffer, cancellationToken);
            return new string(buffer, 0, length);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OperatorException(problem.Message);
        }
    }
}
