namespace Berth.Acceptance.Harness;

/// <summary>A Berth with the users ada, who has the private image ada/secret, and bob. Their password is <see cref="Password"/>.</summary>
public sealed class TwoUsers(Engine engine) : IAsyncLifetime
{
    public const string Password = "a long password";

    public BerthProgram Berth { get; private set; } = null!;

    public string Registry => Berth.Registry;

    public async ValueTask InitializeAsync()
    {
        Berth = await BerthProgram.Start();
        using var root = As("root", BerthProgram.RootToken);
        await root.MakeUser("ada", Password);
        await root.MakeUser("bob", Password);
        using var adas = new Workstation(engine);
        (await adas.Run($"docker login {Registry} -u ada --password-stdin", Password)).Succeeded();
        (await adas.Run($"docker tag busybox {Registry}/ada/secret && docker push {Registry}/ada/secret && docker rmi {Registry}/ada/secret")).Succeeded();
    }

    public ValueTask DisposeAsync() => Berth.DisposeAsync();

    public RestApi As(string username, string secret = Password) => new(Berth, username, secret);

    /// <summary>A new token of bob's.</summary>
    public async Task<(long Id, string Secret)> BobsToken(params string[] scopes)
    {
        using var bob = As("bob");
        return await bob.MakeToken(scopes);
    }
}
