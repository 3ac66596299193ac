"""Networks: VAE, codebook adapter, pruned U-Net, gate, and the frozen nets of losses and scores."""
