"""The operations of the contract, one module for each kind of resource."""
