import sys
print("whole", sys.argv[0])
