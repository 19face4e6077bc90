// Asks the code that nodes run (containers/image) whether a policy accepts an image.
// Usage: image-policy POLICY.json REGISTRIES.D docker://HOST/REPOSITORY@sha256:…   Exit code 0: accepted; 1: refused; 2: could not ask.
package main

import (
	"context"
	"fmt"
	"os"

	"go.podman.io/image/v5/image"
	"go.podman.io/image/v5/signature"
	"go.podman.io/image/v5/transports/alltransports"
	"go.podman.io/image/v5/types"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: image-policy POLICY.json REGISTRIES.D docker://REFERENCE")
		os.Exit(2)
	}
	allowed, err := ask(os.Args[1], os.Args[2], os.Args[3])
	switch {
	case allowed:
		fmt.Println("accepted")
	case err != nil && isRefusal(err):
		fmt.Println("refused:", err)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func isRefusal(err error) bool {
	_, refused := err.(signature.PolicyRequirementError)
	return refused
}

func ask(policyPath, registries, name string) (bool, error) {
	ctx := context.Background()
	policy, err := signature.NewPolicyFromFile(policyPath)
	if err != nil {
		return false, err
	}
	policyContext, err := signature.NewPolicyContext(policy)
	if err != nil {
		return false, err
	}
	defer policyContext.Destroy()
	reference, err := alltransports.ParseImageName(name)
	if err != nil {
		return false, err
	}
	system := &types.SystemContext{
		RegistriesDirPath:           registries,
		DockerInsecureSkipTLSVerify: types.OptionalBoolTrue,
	}
	source, err := reference.NewImageSource(ctx, system)
	if err != nil {
		return false, err
	}
	defer source.Close()
	allowed, err := policyContext.IsRunningImageAllowed(ctx, image.UnparsedInstance(source, nil))
	if !allowed && err != nil {
		// Every way in which a policy says no is a refusal; what cannot be read is none.
		if _, parse := err.(signature.PolicyRequirementError); !parse {
			err = signature.PolicyRequirementError(err.Error())
		}
	}
	return allowed, err
}
