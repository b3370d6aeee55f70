using Berth.Server.Operation;
using Berth.Tests.Storage;

namespace Berth.Tests.Operation;

public sealed class LintTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _directory.Dispose();

    private async Task<int> Run(string path, string input = "") =>
        await Lint.Verb(path, new StringReader(input), _output, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_valid_file_answers_valid_and_its_jobs_by_stage()
    {
        var path = Path.Combine(_directory.Path, "ci.yml");
        await File.WriteAllTextAsync(path, "b: {script: x}\na: {script: x, stage: build}\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, await Run(path));
        Assert.Equal("valid\n  build: a\n  test: b\n", _output.ToString());
    }

    [Fact]
    public async Task A_file_with_errors_answers_each_with_file_line_and_column()
    {
        var path = Path.Combine(_directory.Path, "ci.yml");
        await File.WriteAllTextAsync(path, "a:\n  script: 1\n  foo: 2\n", TestContext.Current.CancellationToken);
        Assert.Equal(1, await Run(path));
        Assert.Equal(
            $"{path}:2:11: jobs:a:script config should be a string or a nested array of strings up to 10 levels deep\n"
            + $"{path}:3:3: jobs:a config contains unknown keys: foo\n",
            _output.ToString());
    }

    [Fact]
    public async Task A_dash_reads_standard_input()
    {
        Assert.Equal(0, await Run("-", "a: {script: x}\n"));
        Assert.Equal("valid\n  test: a\n", _output.ToString());
    }

    [Fact]
    public async Task A_file_above_the_limit_is_refused()
    {
        var path = Path.Combine(_directory.Path, "ci.yml");
        await File.WriteAllTextAsync(path, "#" + new string('x', 3 * 1024 * 1024), TestContext.Current.CancellationToken);
        Assert.Equal(1, await Run(path));
        Assert.Equal($"{path}:1:1: the file is larger than 1 MiB\n", _output.ToString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_the_operators_to_mend() =>
        await Assert.ThrowsAsync<OperatorException>(() => Run(Path.Combine(_directory.Path, "nothing.yml")));
}
