using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Guide;

/// <summary>
/// A Berth that the engine asks for the images of Docker Hub, for tests that reach no other: its user <c>library</c> has the public
/// projects that the official images are.
/// </summary>
internal sealed class HubMirror : IAsyncDisposable
{
    private const string Owner = "library";
    private const string Password = "password-of-library";

    private readonly Engine _engine;
    private readonly BerthProgram _berth;

    private HubMirror(Engine engine, BerthProgram berth) => (_engine, _berth) = (engine, berth);

    /// <summary>Where engines reach it, on this machine and in containers.</summary>
    public string Url => $"http://{_engine.Address}:{_berth.Port}";

    public static async Task<HubMirror> Start(Engine engine)
    {
        var berth = await BerthProgram.Start(new Dictionary<string, string>
        {
            // docker pushes over plain HTTP to this machine's localhost alone.
            ["Urls"] = $"http://localhost:{{port}};http://{engine.Address}:{{port}}",
            ["ExternalUrl"] = $"http://{engine.Address}:{{port}}",
        });
        using var root = new RestApi(berth, "root", BerthProgram.RootToken);
        await root.MakeUser(Owner, Password);
        var mirror = new HubMirror(engine, berth);
        await engine.UseMirror(mirror.Url);
        return mirror;
    }

    /// <summary>Publishes images of the engine, all of one name, as official images.</summary>
    /// <param name="name">Such as <c>docker</c>.</param>
    /// <param name="images">The image by its tag.</param>
    public async Task Publish(string name, params (string Tag, string Image)[] images)
    {
        using (var library = new RestApi(_berth, Owner, Password))
            await library.Post("projects", new { path = name, visibility = "public" });
        using var workstation = new Workstation(_engine);
        (await workstation.Run($"docker login -u {Owner} --password-stdin {_berth.Registry}", Password)).Succeeded();
        foreach (var (tag, image) in images)
        {
            var target = $"{_berth.Registry}/{Owner}/{name}:{tag}";
            (await workstation.Run($"docker tag {image} {target} && docker push -q {target} && docker rmi {target}")).Succeeded();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.UseMirror("");
        await _berth.DisposeAsync();
    }
}
