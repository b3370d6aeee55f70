using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Http.Tls;

namespace Berth.Server.Operation;

/// <summary>What a start prints: where Berth is, and on the first one the lines to try.</summary>
internal static class Banner
{
    public static void Print(BerthSettings settings, DataDirectory data, bool first, IServiceProvider services)
    {
        Console.WriteLine($"Berth is ready at {settings.ExternalOrigin}, data in {data.Path}");
        if (services.GetService<ServerCertificate>() is { AuthorityFingerprint: { } fingerprint })
            Console.WriteLine(TrustInstructions.For(settings, fingerprint));
        if (first)
            PrintFirstSteps(settings);
    }

    private static void PrintFirstSteps(BerthSettings settings)
    {
        var password = "the InitialRootPassword that was set";
        if (settings.InitialRootPassword is null)
        {
            // A log may be read by many; a terminal is in front of the one who started this.
            password = Console.IsOutputRedirected ? $"the one in {settings.InitialRootPasswordFile}" : File.ReadAllText(settings.InitialRootPasswordFile).Trim();
        }
        Console.WriteLine($"""

            User: {Users.RootName}   Password: {password}
            Try:
              docker login {settings.RegistryHost} -u {Users.RootName}
              docker tag IMAGE {settings.RegistryHost}/{Users.RootName}/hello
              docker push {settings.RegistryHost}/{Users.RootName}/hello

            """);
    }
}
