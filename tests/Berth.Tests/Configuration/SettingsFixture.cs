using Berth.Server.Configuration;
using Berth.Tests.Storage;

namespace Berth.Tests.Configuration;

/// <summary>A working directory, an environment and a command line of one test's own, and the settings that come of them.</summary>
internal sealed class SettingsFixture : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public string Directory => _directory.Path;

    public Dictionary<string, string> Environment { get; } = [];

    public void Dispose() => _directory.Dispose();

    public SettingsFixture Json(string json, string name = "berth.json")
    {
        File.WriteAllText(_directory[name], json);
        return this;
    }

    public SettingsFixture Variable(string name, string value)
    {
        Environment[name] = value;
        return this;
    }

    public string WriteFile(string name, string text)
    {
        File.WriteAllText(_directory[name], text);
        return _directory[name];
    }

    public BerthSettings Load(params string[] args) => BerthSettings.Load(args, Environment, Directory);

    /// <summary>Why the start is stopped: one line.</summary>
    public string Refusal(params string[] args)
    {
        var message = Assert.Throws<SettingsException>(() => Load(args)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
